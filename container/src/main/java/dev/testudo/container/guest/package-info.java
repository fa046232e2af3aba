/// Prepares a virtual machine in which the agent is process 1: file systems, kernel modules,
/// network.
package dev.testudo.container.guest;
