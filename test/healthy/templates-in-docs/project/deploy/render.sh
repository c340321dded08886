#!/bin/sh
envsubst < compose.template.yml > compose.generated.yml
