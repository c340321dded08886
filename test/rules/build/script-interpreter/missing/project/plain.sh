# starts it
echo ready
