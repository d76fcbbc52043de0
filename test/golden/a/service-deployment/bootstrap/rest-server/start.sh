#!/bin/bash

pushd $(dirname "$0") > /dev/null

/bin/bash node-label.sh || exit $?
kubectl create -f rest-server.yaml || exit $?

# Goes on when it answers.
python ../../service_dependency_solve.py -w -s rest-server || exit $?

popd > /dev/null