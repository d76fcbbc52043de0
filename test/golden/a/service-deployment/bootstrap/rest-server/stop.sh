#!/bin/bash

pushd $(dirname "$0") > /dev/null

if kubectl get deployment | grep -q "rest-server"; then
    kubectl delete deployment rest-server || exit $?
fi
kubectl label nodes 10.0.0.1 restserver-

popd > /dev/null