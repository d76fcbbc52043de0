#!/bin/bash

pushd $(dirname "$0") > /dev/null

kubectl label nodes 10.0.0.1 pai-master=true --overwrite=true || exit $?
kubectl label nodes 10.0.0.1 machinetype=GENERIC --overwrite=true || exit $?
kubectl label nodes 10.0.0.2 pai-master=true --overwrite=true || exit $?
kubectl label nodes 10.0.0.2 machinetype=GENERIC --overwrite=true || exit $?
kubectl label nodes 10.0.0.3 pai-master=true --overwrite=true || exit $?
kubectl label nodes 10.0.0.3 machinetype=GENERIC --overwrite=true || exit $?
kubectl label nodes 10.0.0.11 pai-worker=true --overwrite=true || exit $?
kubectl label nodes 10.0.0.11 machinetype=GPU --overwrite=true || exit $?
# pai-master, cluster gpu-lab
popd > /dev/null