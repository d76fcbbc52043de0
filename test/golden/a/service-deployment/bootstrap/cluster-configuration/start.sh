#!/bin/bash

pushd $(dirname "$0") > /dev/null

kubectl create configmap host-configuration --from-file=host-configuration/
kubectl create configmap gpu-configuration --from-file=gpu-configuration/
kubectl create -f secret.yaml

popd > /dev/null