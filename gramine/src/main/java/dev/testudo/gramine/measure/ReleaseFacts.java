package dev.testudo.gramine.measure;

import dev.testudo.gramine.GramineRelease;
import java.util.EnumMap;
import java.util.Map;

/// The constants of a release that an enclave's pages depend on. They are compiled into it.
///
/// @param ssaFramePages the pages of a frame in which the processor saves registers
/// @param ssaFrames the frames of each thread
/// @param stackPages the pages of each thread's first stack
/// @param signalStackPages the pages of each thread's stack for signals
/// @param heapStart the lowest address of the heap
/// @param fields where the fields of a thread's own page are
record ReleaseFacts(
    int ssaFramePages,
    int ssaFrames,
    int stackPages,
    int signalStackPages,
    long heapStart,
    Map<ThreadField, Integer> fields) {
  /// The size of the registers at the end of a frame (Intel SDM, volume 3D, "GPRSGX").
  static final int REGISTERS = 184;

  /// What the canary of stacks is before it is chosen at random.
  static final long CANARY = 0xbadbadbadbadL;

  /// The same in both releases. The fields of Gramine begin after 16 bytes and the 256 bytes of the
  /// library OS.
  private static final ReleaseFacts SINCE_1_8 =
      new ReleaseFacts(
          4,
          2,
          64,
          16,
          0x10000,
          Map.ofEntries(
              Map.entry(ThreadField.SELF, 0),
              Map.entry(ThreadField.CANARY, 8),
              Map.entry(ThreadField.ENCLAVE_SIZE, 272),
              Map.entry(ThreadField.TCS_OFFSET, 280),
              Map.entry(ThreadField.INITIAL_STACK, 288),
              Map.entry(ThreadField.SIGNAL_STACK_LOW, 304),
              Map.entry(ThreadField.SIGNAL_STACK_HIGH, 312),
              Map.entry(ThreadField.SSA, 328),
              Map.entry(ThreadField.REGISTERS, 336),
              Map.entry(ThreadField.MANIFEST_SIZE, 416),
              Map.entry(ThreadField.HEAP_LOW, 424),
              Map.entry(ThreadField.HEAP_HIGH, 432)));

  ReleaseFacts {
    if (fields.size() != ThreadField.values().length) {
      throw new IllegalArgumentException("a field has no place");
    }
    fields = new EnumMap<>(fields);
  }

  static ReleaseFacts of(GramineRelease release) {
    return switch (release) {
      case V1_8, V1_9 -> SINCE_1_8;
    };
  }

  int place(ThreadField field) {
    var place = fields.get(field);
    if (place == null) {
      throw new AssertionError("each field has a place");
    }
    return place;
  }
}
