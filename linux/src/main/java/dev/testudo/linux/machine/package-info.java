/// What process 1 of a virtual machine does for its kernel: modules, network interfaces, power.
package dev.testudo.linux.machine;
