package dev.testudo.linux.sev;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The structures of `linux/sev-guest.h`.
final class SnpRequests {
  static final long GET_REPORT = command(0);
  static final long GET_EXT_REPORT = command(2);

  /// `SNP_GUEST_VMM_ERR_BUSY`.
  static final int HOST_BUSY = 2;

  /// `struct snp_report_resp`.
  static final long RESPONSE_SIZE = 4000;

  /// Where the report begins in a response.
  static final long REPORT_OFFSET = 32;

  /// `struct snp_guest_request_ioctl`: version (1, padded to 8), address of the request, address of
  /// the response, error of firmware (4) and host (4).
  static final int MESSAGE_SIZE = 32;

  /// `struct snp_report_req`: 64 bytes of the user, VMPL (4), zeros.
  static final int PLAIN_SIZE = 96;

  /// `struct snp_ext_report_req`: the above, address of the certificates, their length (4, padded
  /// to 8).
  static final int EXTENDED_SIZE = 112;

  private static final int USER_DATA = 64;
  private static final byte VERSION = 1;

  private SnpRequests() {}

  /// `_IOWR('S', number, struct snp_guest_request_ioctl)`.
  private static long command(int number) {
    int readWrite = 3;
    return Integer.toUnsignedLong(readWrite << 30 | MESSAGE_SIZE << 16 | 'S' << 8 | number);
  }

  static MemorySegment message(Arena arena, long request, long response) {
    var message = arena.allocate(MESSAGE_SIZE, 8);
    message.set(JAVA_BYTE, 0, VERSION);
    message.set(JAVA_LONG, 8, request);
    message.set(JAVA_LONG, 16, response);
    return message;
  }

  static int hostError(MemorySegment message) {
    return message.get(JAVA_INT, 28);
  }

  static MemorySegment plain(Arena arena, byte[] userData, int level) {
    return request(arena, PLAIN_SIZE, userData, level);
  }

  static MemorySegment extended(
      Arena arena, byte[] userData, int level, long certificates, int room) {
    var request = request(arena, EXTENDED_SIZE, userData, level);
    request.set(JAVA_LONG, PLAIN_SIZE, certificates);
    request.set(JAVA_INT, PLAIN_SIZE + 8L, room);
    return request;
  }

  private static MemorySegment request(Arena arena, int size, byte[] userData, int level) {
    if (userData.length != USER_DATA) {
      throw new IllegalArgumentException("user data has 64 bytes");
    }
    var request = arena.allocate(size, 8);
    MemorySegment.copy(userData, 0, request, JAVA_BYTE, 0, USER_DATA);
    request.set(JAVA_INT, USER_DATA, level);
    return request;
  }
}
