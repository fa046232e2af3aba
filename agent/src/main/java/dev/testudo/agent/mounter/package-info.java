/// Mounts volumes into pods that may not do it themselves: a command that runs on the node, and
/// what an agent says to it.
package dev.testudo.agent.mounter;
