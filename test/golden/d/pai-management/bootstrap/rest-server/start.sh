#!/bin/bash

pushd $(dirname "$0") > /dev/null

/bin/bash node-label.sh || exit $?
kubectl apply --overwrite=true -f rest-server.yaml || exit $?
PYTHONPATH="../.." python -m k8sPaiLibrary.monitorTool.check_pod_ready_status -w -k app -v rest-server || exit $?

popd > /dev/null