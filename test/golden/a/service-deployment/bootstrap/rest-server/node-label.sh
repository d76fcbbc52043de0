#!/bin/bash

pushd $(dirname "$0") > /dev/null

    
kubectl label nodes 10.0.0.1 restserver=true --overwrite=true || exit $?
    

    

popd > /dev/null