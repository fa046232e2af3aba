package dev.testudo.agent.mounter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/// What an agent asks the node mounter for. Whoever reads one has checked it.
///
/// @param name what `/proc/mounts` shows as the source
/// @param path the directory in the caller's mount namespace: absolute, without `.`, `..` and empty
///     names
/// @param devices how many devices of the connection the agent wants
/// @param transfer the most bytes of a read, as in
///     [dev.testudo.linux.fuse.FuseMountOptions#transfer]
public record MountRequest(String name, String path, int devices, int transfer) {
  /// The most bytes of a request.
  static final int LONGEST = 4096;

  private static final String MAGIC = "testudo-mount-1";
  private static final int FIELDS = 5;
  private static final int MOST_DEVICES = 8;
  private static final int SMALLEST_TRANSFER = 4096;
  private static final int LARGEST_TRANSFER = 1 << 20;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,7}");

  /// Rejects what [#parse] does not return.
  public MountRequest {
    if (!isValid(name, path, devices, transfer)) {
      throw new IllegalArgumentException("no request of an agent");
    }
  }

  private static boolean isValid(String name, String path, int devices, int transfer) {
    return NAME.matcher(name).matches()
        && isPlain(path)
        && devices >= 1
        && devices <= MOST_DEVICES
        && transfer >= SMALLEST_TRANSFER
        && transfer <= LARGEST_TRANSFER
        && Integer.bitCount(transfer) == 1;
  }

  /// Returns whether a path is absolute, is not `/`, and has no `.`, `..` and empty names.
  static boolean isPlain(String path) {
    return path.length() > 1
        && path.length() < LONGEST
        && path.charAt(0) == '/'
        && path.indexOf('\0') < 0
        && Arrays.stream(path.substring(1).split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  /// Returns the bytes for the mounter.
  byte[] write() {
    return String.join("\0", MAGIC, name, path, "" + devices, "" + transfer).getBytes(UTF_8);
  }

  /// Reads a request of somebody who is not trusted.
  static Optional<MountRequest> parse(byte[] bytes) {
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
    var fields = text.split("\0", -1);
    if (fields.length != FIELDS
        || !fields[0].equals(MAGIC)
        || !NUMBER.matcher(fields[3]).matches()
        || !NUMBER.matcher(fields[4]).matches()) {
      return Optional.empty();
    }
    int devices = Integer.parseInt(fields[3]);
    int transfer = Integer.parseInt(fields[4]);
    return isValid(fields[1], fields[2], devices, transfer)
        ? Optional.of(new MountRequest(fields[1], fields[2], devices, transfer))
        : Optional.empty();
  }
}
