#!/bin/bash

pushd $(dirname "$0") > /dev/null

if kubectl get deployment | grep -q "webportal"; then
    kubectl delete deployment webportal || exit $?
fi
kubectl label nodes 10.0.0.1 webportal-

popd > /dev/null