package dev.testudo.linux.sev;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnpRequestsTest {
  /// Compares sizes, offsets and numbers with the kernel's header, through the compiler.
  @Test
  void structuresAndNumbersAreAsTheKernelsHeaderSays(@TempDir Path directory) throws Exception {
    var source =
        """
        #include <stddef.h>
        #include <linux/ioctl.h>
        #include <linux/sev-guest.h>
        unsigned int values[] = {
          SNP_GET_REPORT, SNP_GET_EXT_REPORT, SNP_GUEST_VMM_ERR_BUSY,
          sizeof(struct snp_guest_request_ioctl), sizeof(struct snp_report_req),
          sizeof(struct snp_ext_report_req), sizeof(struct snp_report_resp)};
        _Static_assert(offsetof(struct snp_guest_request_ioctl, req_data) == 8, "");
        _Static_assert(offsetof(struct snp_guest_request_ioctl, resp_data) == 16, "");
        _Static_assert(offsetof(struct snp_guest_request_ioctl, vmm_error) == 28, "");
        _Static_assert(offsetof(struct snp_report_req, vmpl) == 64, "");
        _Static_assert(offsetof(struct snp_ext_report_req, certs_address) == 96, "");
        _Static_assert(offsetof(struct snp_ext_report_req, certs_len) == 104, "");
        """;
    var file = Files.writeString(directory.resolve("sev.c"), source);
    var output = directory.resolve("sev.s");
    var command = List.of("gcc", "-S", "-o", output.toString(), file.toString());
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    var values =
        Pattern.compile("^\\s*\\.(?:long|word)\\s+(-?\\d+)$", Pattern.MULTILINE)
            .matcher(Files.readString(output))
            .results()
            .map(value -> Long.parseLong(value.group(1)) & 0xffff_ffffL)
            .limit(7)
            .toList();
    assertEquals(
        List.of(
            SnpRequests.GET_REPORT,
            SnpRequests.GET_EXT_REPORT,
            (long) SnpRequests.HOST_BUSY,
            (long) SnpRequests.MESSAGE_SIZE,
            (long) SnpRequests.PLAIN_SIZE,
            (long) SnpRequests.EXTENDED_SIZE,
            SnpRequests.RESPONSE_SIZE),
        values);
  }

  @Test
  void aRequestHasTheUsersBytesTheLevelAndTheRoomForCertificates() {
    var user = new byte[64];
    Arrays.fill(user, (byte) 7);
    try (var arena = Arena.ofConfined()) {
      var request = SnpRequests.extended(arena, user, 2, 0x1234_5678_9abcL, 4096);
      assertArrayEquals(user, request.asSlice(0, 64).toArray(JAVA_BYTE));
      assertEquals(2, request.get(JAVA_INT, 64));
      assertArrayEquals(new byte[28], request.asSlice(68, 28).toArray(JAVA_BYTE));
      assertEquals(0x1234_5678_9abcL, request.get(JAVA_LONG, 96));
      assertEquals(4096, request.get(JAVA_INT, 104));
      assertThrows(IllegalArgumentException.class, () -> SnpRequests.plain(arena, new byte[63], 0));
    }
  }

  @Test
  void aResponseWithAnErrorOrAnImpossibleSizeIsNoReport() throws IOException {
    try (var arena = Arena.ofConfined()) {
      var response = arena.allocate(SnpRequests.RESPONSE_SIZE, 8);
      assertThrows(IOException.class, () -> SevGuest.reportIn(response));
      response.set(JAVA_INT, 4, 1184);
      response.set(JAVA_BYTE, 32 + 1183, (byte) 9);
      var report = SevGuest.reportIn(response);
      assertEquals(1184, report.length);
      assertEquals(9, report[1183]);
      response.set(JAVA_INT, 4, -1);
      assertThrows(IOException.class, () -> SevGuest.reportIn(response));
      response.set(JAVA_INT, 4, 1184);
      response.set(JAVA_INT, 0, 0x16);
      assertThrows(IOException.class, () -> SevGuest.reportIn(response));
    }
  }
}
