package dev.testudo.image.build.sandbox;

/// Why a program cannot be started in a sandbox.
public enum SandboxFault {
  /// This machine has no OCI runtime, or a tool is missing.
  NO_RUNTIME,
  /// The OCI runtime cannot make the sandbox, for example because the kernel does not permit it.
  NO_SANDBOX,
  /// The disk is full.
  DISK_FULL,
  /// A tool has failed, or has not ended in time.
  TOOL_FAILED
}
