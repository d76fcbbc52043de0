#!/bin/bash

pushd $(dirname "$0") > /dev/null

    
kubectl label nodes 10.0.0.1 hdfsrole=master --overwrite=true || exit $?
    
    
    
kubectl label nodes 10.0.0.1 jobhistory=true --overwrite=true || exit $?
    

    
    
kubectl label nodes 10.0.0.11 hdfsrole=worker --overwrite=true || exit $?
    
    

popd > /dev/null