#!/bin/bash

pushd $(dirname "$0") > /dev/null

/bin/bash node-label.sh || exit $?
kubectl create -f zookeeper.yaml || exit $?

# Goes on when it answers.
python ../../service_dependency_solve.py -w -s zookeeper || exit $?

popd > /dev/null