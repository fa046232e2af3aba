package dev.testudo.policy.session;

/// What a value of evidence tells apart.
public enum Distinguishes {
  /// The firmware, the kernel or the image of a virtual machine, which several services can share.
  MACHINE,
  /// The service, if whoever starts it uses the value so.
  SERVICE,
  /// Neither.
  OTHER
}
