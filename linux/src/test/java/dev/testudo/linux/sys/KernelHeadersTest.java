package dev.testudo.linux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares the tables of numbers with the kernel's own headers (Debian's `linux-libc-dev`), which
/// contain the numbers of both architectures.
class KernelHeadersTest {
  private static final Path INCLUDE = Path.of("/usr/include");

  /// From this number on, a new call has the same number on all architectures.
  private static final int COMMON = 424;

  /// The call numbers of one architecture.
  record Header(Architecture architecture, Map<String, Integer> numbers) {
    int highest() {
      return Collections.max(numbers.values());
    }

    @Override
    public String toString() {
      return architecture.name();
    }
  }

  static List<Header> headers() throws IOException {
    var x86 = INCLUDE.resolve("x86_64-linux-gnu/asm/unistd_64.h");
    // The header that aarch64's own includes.
    var generic = INCLUDE.resolve("asm-generic/unistd.h");
    return Stream.of(
            new Header(Architecture.X86_64, numbers(x86)),
            new Header(Architecture.AARCH64, numbers(generic)))
        .filter(header -> !header.numbers.isEmpty())
        .toList();
  }

  /// Reads a header. A call whose number depends on the word size is defined as `__NR3264_<name>`,
  /// and its real name refers to that.
  private static Map<String, Integer> numbers(Path header) throws IOException {
    var numbers = new HashMap<String, Integer>();
    if (Files.notExists(header)) {
      return numbers;
    }
    var text = Files.readString(header);
    matches("#define __NR_(\\w+)\\s+(\\d+)", text, numbers);
    var wide = new HashMap<String, Integer>();
    matches("#define __NR3264_(\\w+)\\s+(\\d+)", text, wide);
    Pattern.compile("#define __NR_(\\w+) __NR3264_(\\w+)")
        .matcher(text)
        .results()
        .filter(alias -> wide.containsKey(alias.group(2)))
        .forEach(alias -> numbers.put(alias.group(1), wide.get(alias.group(2))));
    numbers.remove("syscalls"); // how many there are
    return numbers;
  }

  private static void matches(String pattern, String text, Map<String, Integer> numbers) {
    Pattern.compile(pattern)
        .matcher(text)
        .results()
        .forEach(match -> numbers.put(match.group(1), Integer.valueOf(match.group(2))));
  }

  @Test
  void theHeadersAreHere() throws IOException {
    assertTrue(headers().stream().anyMatch(h -> h.architecture.equals(Architecture.AARCH64)));
    assertTrue(headers().stream().anyMatch(h -> h.architecture.equals(Architecture.current())));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void everyCallHasTheNumberThatTheKernelGivesIt(Header header) {
    var wrong = new TreeMap<String, String>();
    for (var call : SystemCall.values()) {
      var ours = call.number(header.architecture);
      var kernels = header.numbers.get(call.name().toLowerCase(Locale.ROOT));
      if (ours.isPresent() && ours.getAsInt() > header.highest()) {
        // The call is newer than the headers.
        assertEquals(call.number(Architecture.X86_64), call.number(Architecture.AARCH64));
        assertTrue(ours.getAsInt() <= header.architecture.highestCall(), call.name());
      } else if (!ours.equals(kernels == null ? OptionalInt.empty() : OptionalInt.of(kernels))) {
        wrong.put(call.name(), "is " + kernels + ", we have " + ours);
      }
    }
    assertEquals(Map.of(), wrong);
  }

  @Test
  void youngCallsHaveOneNumberOnBothArchitectures() {
    for (var call : SystemCall.values()) {
      int x86 = call.number(Architecture.X86_64).orElse(0);
      if (x86 >= COMMON) {
        assertEquals(OptionalInt.of(x86), call.number(Architecture.AARCH64), call.name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("headers")
  void seccompNamesTheArchitectureAsWeDo(Header header) throws IOException {
    var audit = INCLUDE.resolve("linux/audit.h");
    var machines = new HashMap<String, Integer>();
    matches(
        "#define (EM_\\w+)\\s+(\\d+)",
        Files.readString(INCLUDE.resolve("linux/elf-em.h")),
        machines);
    var name = header.architecture.equals(Architecture.X86_64) ? "X86_64" : "AARCH64";
    // 64 bits, little-endian.
    var definition =
        "#define AUDIT_ARCH_%s\t(EM_%1$s|__AUDIT_ARCH_64BIT|__AUDIT_ARCH_LE)".formatted(name);
    assertTrue(Files.readString(audit).contains(definition), definition);
    var machine = machines.get("EM_" + name);
    assertNotNull(machine);
    assertEquals(0xC000_0000 | machine, header.architecture.auditArch());
  }

  /// Checks the constants of this machine's architecture with its compiler.
  @Test
  void structuresAndFlagsAreAsTheHeadersSay(@TempDir Path directory) throws Exception {
    var source =
        """
        #include <asm/fcntl.h>
        #include <asm/stat.h>
        #include <linux/eventpoll.h>
        #include <stddef.h>
        int differences[] = {O_NOFOLLOW, offsetof(struct stat, st_mode),
                             offsetof(struct epoll_event, data)};
        _Static_assert(sizeof(struct epoll_event) == offsetof(struct epoll_event, data) + 8, "");
        _Static_assert(sizeof(struct stat) <= 256 && offsetof(struct stat, st_ino) == 8, "");
        """;
    var file = Files.writeString(directory.resolve("differences.c"), source);
    var output = directory.resolve("differences.s");
    var command = List.of("gcc", "-S", "-o", output.toString(), file.toString());
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    var values =
        Pattern.compile("^\\s*\\.(?:long|word)\\s+(\\d+)$", Pattern.MULTILINE)
            .matcher(Files.readString(output))
            .results()
            .map(value -> Integer.valueOf(value.group(1)))
            .limit(3)
            .toList();
    var ours = Architecture.current().differences();
    assertEquals(List.of(ours.noFollow(), ours.modeInStat(), ours.dataInEvent()), values);
  }
}
