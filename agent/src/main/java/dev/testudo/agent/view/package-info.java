/// The program's view of the file system: the machine's files with those of image and policy placed
/// over them, in memory and in a mount namespace of its own, and its mounts.
package dev.testudo.agent.view;
