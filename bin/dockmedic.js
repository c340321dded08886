#!/usr/bin/env node
import '../dist/dockmedic.js';
