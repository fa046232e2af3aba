package dev.testudo.agent.attest.tpm;

import dev.testudo.trust.generator.TpmProcess;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// A TPM in software: `swtpm`, which behaves as the TPM of a machine does. `tpm2-tools` set it up.
public final class SoftwareTpm implements AutoCloseable {
  private static final int HEADER = 10;

  private final TpmProcess process;

  private SoftwareTpm(TpmProcess process) {
    this.process = process;
  }

  /// Starts a TPM that has never been used.
  public static SoftwareTpm start(Path directory) throws Exception {
    return new SoftwareTpm(TpmProcess.start(directory));
  }

  /// Runs one of `tpm2-tools`. It must end with 0.
  public void run(Path directory, String... words) throws Exception {
    process.run(directory, words);
  }

  /// Makes a key that signs only what the TPM made, and leaves it at `handle`. Its public key is
  /// then in the file `key.pem`.
  public void attestationKey(Path directory, int handle) throws Exception {
    var where = "0x" + Integer.toHexString(handle);
    run(
        directory,
        "tpm2_createprimary",
        "-C",
        "e",
        "-g",
        "sha256",
        "-G",
        "rsa2048:rsassa-sha256:null",
        "-a",
        "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign",
        "-c",
        "key.context");
    run(directory, "tpm2_evictcontrol", "-C", "o", "-c", "key.context", where);
    run(directory, "tpm2_readpublic", "-c", where, "-f", "pem", "-o", "key.pem");
    run(directory, "tpm2_flushcontext", "-t");
  }

  /// Defines an index with this content.
  ///
  /// @param attributes who may read it
  public void index(Path directory, int index, byte[] content, String attributes) throws Exception {
    var where = "0x" + Integer.toHexString(index);
    var size = Integer.toString(content.length);
    var file = Files.write(directory.resolve("content"), content).toString();
    run(directory, "tpm2_nvdefine", where, "-C", "o", "-s", size, "-a", attributes);
    run(directory, "tpm2_nvwrite", where, "-C", "o", "-i", file);
  }

  /// Connects to it. It serves one connection at a time.
  public TpmTransport connect() throws IOException {
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(process.socket()));
    return new OnSocket(channel);
  }

  private record OnSocket(SocketChannel channel) implements TpmTransport {
    @Override
    public byte[] exchange(byte[] command) throws IOException {
      for (var rest = ByteBuffer.wrap(command); rest.hasRemaining(); ) {
        channel.write(rest);
      }
      var header = read(HEADER);
      var body = read(ByteBuffer.wrap(header).getInt(2) - HEADER);
      return ByteBuffer.allocate(HEADER + body.length).put(header).put(body).array();
    }

    private byte[] read(int count) throws IOException {
      var bytes = ByteBuffer.allocate(count);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new EOFException();
        }
      }
      return bytes.array();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
