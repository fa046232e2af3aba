package dev.testudo.agent.attest.tpm;

import java.io.IOException;

/// Carries commands to a TPM, one after another.
public interface TpmTransport extends AutoCloseable {
  /// The most bytes of a command or a response.
  int LIMIT = 4096;

  /// Sends one command and returns its response, which may be malformed.
  byte[] exchange(byte[] command) throws IOException;

  @Override
  void close() throws IOException;
}
