/// What the program sees of the file system: the machine's files with the image's and the policy's
/// laid over them, in memory and in a mount namespace of its own.
package dev.testudo.agent.view;
