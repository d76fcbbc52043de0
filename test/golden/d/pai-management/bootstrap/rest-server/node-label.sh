#!/bin/bash

  
kubectl label --overwrite=true nodes 10.0.0.1 restserver=true || exit $?
  

  
kubectl label --overwrite=true nodes 10.0.0.2 restserver=true || exit $?
  

  
kubectl label --overwrite=true nodes 10.0.0.3 restserver=true || exit $?
  

  
kubectl label nodes 10.0.0.9 restserver- || exit $?
  

  
kubectl label nodes 10.0.0.11 restserver- || exit $?
  
