package dev.testudo.agent.attest.tpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// A TPM of the kernel. Its resource manager (`/dev/tpmrm0`) keeps users apart. One write(2) is a
/// command, and the next read(2) is its response.
public final class TpmDevice implements TpmTransport {
  private final FileChannel device;

  private TpmDevice(FileChannel device) {
    this.device = device;
  }

  /// Opens the device.
  public static TpmDevice open(Path path) throws IOException {
    return new TpmDevice(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Override
  public byte[] exchange(byte[] command) throws IOException {
    if (device.write(ByteBuffer.wrap(command)) != command.length) {
      throw new IOException("the TPM took only a part of a command");
    }
    var response = ByteBuffer.allocate(LIMIT);
    int count = device.read(response);
    return Arrays.copyOf(response.array(), Math.max(0, count));
  }

  @Override
  public void close() throws IOException {
    device.close();
  }
}
