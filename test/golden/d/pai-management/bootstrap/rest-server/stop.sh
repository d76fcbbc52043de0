#!/bin/bash

pushd $(dirname "$0") > /dev/null

if kubectl get daemonset | grep -q "rest-server-ds"; then
    kubectl delete daemonset rest-server-ds || exit $?
fi
kubectl label nodes 10.0.0.1 restserver-
kubectl label nodes 10.0.0.2 restserver-
kubectl label nodes 10.0.0.3 restserver-

popd > /dev/null