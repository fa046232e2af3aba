package dev.testudo.image.build.command;

/// Why a build has no layer.
public enum BuildFault {
  /// A command has ended with another exit status than 0, or with a signal.
  COMMAND_FAILED,
  /// A command cannot be started: the image has no such program.
  COMMAND_NOT_FOUND,
  /// This machine has no program that runs commands in a sandbox.
  NO_RUNTIME,
  /// The program that runs commands in a sandbox cannot do so here, for example because the kernel
  /// does not permit it.
  NO_SANDBOX,
  /// The commands have not ended in time.
  TIME_LIMIT,
  /// The commands have started too many processes.
  TOO_MANY_PROCESSES,
  /// The layer, or a file in it, is too large.
  TOO_LARGE,
  /// The disk is full, or almost.
  DISK_FULL,
  /// The image is for another processor than that of this machine.
  ARCHITECTURE,
  /// A layer cannot express what the commands have left, such as a file whose name is that of a
  /// whiteout.
  NOT_EXPRESSIBLE,
  /// Another process has been building the same layer for too long.
  LOCKED,
  /// The thread that builds was interrupted.
  INTERRUPTED
}
