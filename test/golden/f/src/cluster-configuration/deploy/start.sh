#!/bin/bash

    

    
kubectl label nodes gpu-01 pai-worker=true --overwrite=true || exit $?
    

    
kubectl label nodes 10.0.0.12 pai-worker=true --overwrite=true || exit $?
    

# sshport 23