package dev.testudo.linux.sev;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/// `/dev/sev-guest`: attestation reports of SEV-SNP through ioctl(2). The host throttles requests,
/// so callers make one at a time, and pause when it is busy.
///
/// Source: `include/uapi/linux/sev-guest.h`, `Documentation/virt/coco/sev-guest.rst`. No machine of
/// the project has the device: only the encoding of the structures is tested.
public final class SevGuest implements AutoCloseable {
  /// The most bytes of certificates that the kernel passes on (`SEV_FW_BLOB_MAX_SIZE`).
  static final int MOST_CERTIFICATES = 16 << 10;

  private final Fd device;

  private SevGuest(Fd device) {
    this.device = device;
  }

  /// Opens the device.
  ///
  /// @throws ErrnoException ENOENT if there is none, EACCES if this process may not
  public static SevGuest open(Path device) throws ErrnoException {
    return new SevGuest(Files.open(device.toString(), Files.O_RDWR));
  }

  /// A report.
  ///
  /// @param report as the firmware wrote it, see the SEV-SNP firmware ABI specification
  /// @param certificates the certificate table of the host (GHCB specification), if it gave one
  @SuppressWarnings("ArrayRecordComponent") // handed over, not a value
  public record Report(byte[] report, Optional<byte[]> certificates) {}

  /// Thrown when the host is busy, or throttles this guest. The caller may ask again after a pause.
  public static final class BusyException extends IOException {
    private static final long serialVersionUID = 1;

    BusyException(ErrnoException cause) {
      super("the host throttles requests to the firmware", cause);
    }
  }

  /// Requests a report with certificates. If the host gives none, or more than the kernel passes
  /// on, requests a report without.
  ///
  /// @param userData 64 bytes to include
  /// @param level the VMPL to include, 0 to 3
  /// @throws BusyException if asking again may help
  /// @throws ErrnoException if the kernel or the firmware refuses
  public Report report(byte[] userData, int level) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var certificates = arena.allocate(MOST_CERTIFICATES, 8);
      var request =
          SnpRequests.extended(arena, userData, level, certificates.address(), MOST_CERTIFICATES);
      try {
        var report = request(arena, SnpRequests.GET_EXT_REPORT, request);
        var table = certificates.toArray(JAVA_BYTE);
        return new Report(report, isZero(table) ? Optional.empty() : Optional.of(table));
      } catch (ErrnoException _) {
        var plain = SnpRequests.plain(arena, userData, level);
        return new Report(request(arena, SnpRequests.GET_REPORT, plain), Optional.empty());
      }
    }
  }

  private byte[] request(Arena arena, long command, MemorySegment request) throws IOException {
    var response = arena.allocate(SnpRequests.RESPONSE_SIZE, 8);
    var message = SnpRequests.message(arena, request.address(), response.address());
    long result = Native.call(SystemCall.IOCTL, device.value(), command, message.address());
    if (result < 0) {
      var failure = new ErrnoException("ioctl on /dev/sev-guest", (int) -result);
      throw isBusy(failure, message) ? new BusyException(failure) : failure;
    }
    return reportIn(response);
  }

  private static boolean isBusy(ErrnoException failure, MemorySegment message) {
    int errno = failure.errno();
    return errno == Errno.EAGAIN
        || errno == Errno.EINTR
        || errno == Errno.EBUSY
        || SnpRequests.hostError(message) == SnpRequests.HOST_BUSY;
  }

  /// Returns the report in `MSG_REPORT_RSP`: status, size, then the report at byte 32.
  static byte[] reportIn(MemorySegment response) throws IOException {
    int status = response.get(JAVA_INT, 0);
    long size = Integer.toUnsignedLong(response.get(JAVA_INT, 4));
    if (status != 0 || size == 0 || size > response.byteSize() - SnpRequests.REPORT_OFFSET) {
      throw new IOException(
          "the firmware answered with status %#x and a report of %d bytes".formatted(status, size));
    }
    return response.asSlice(SnpRequests.REPORT_OFFSET, size).toArray(JAVA_BYTE);
  }

  private static boolean isZero(byte[] bytes) {
    for (var b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    device.close();
  }
}
