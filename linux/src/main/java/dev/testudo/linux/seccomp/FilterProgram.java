package dev.testudo.linux.seccomp;

import dev.testudo.linux.sys.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A classic BPF program over `struct seccomp_data`, as the kernel takes it.
///
/// Conditional jumps of classic BPF reach 255 instructions, so [Assembler] gives each of them an
/// unconditional jump (32 bit) to stand on where the target is named by a label.
public final class FilterProgram {
  /// Longest program the kernel accepts (`BPF_MAXINSNS`).
  public static final int MAX_INSTRUCTIONS = 4096;

  /// Offset of the system call number in `struct seccomp_data`.
  public static final int NUMBER = 0;

  /// Offset of the architecture.
  public static final int ARCH = 4;

  private static final int INSTRUCTION_SIZE = 8;

  static final int LOAD_WORD = 0x20;
  static final int JUMP = 0x05;
  static final int JUMP_EQUAL = 0x15;
  static final int JUMP_GREATER = 0x25;
  static final int JUMP_AT_LEAST = 0x35;
  static final int JUMP_ANY_BIT = 0x45;
  static final int AND = 0x54;
  static final int RETURN = 0x06;

  /// One `struct sock_filter`.
  record Instruction(int code, int ifTrue, int ifFalse, int value) {}

  /// What the filter answers to a call.
  public sealed interface Action {
    /// The call runs.
    record Allow() implements Action {}

    /// The call does not run and returns the error; 0 makes it look successful.
    record Fail(int errno) implements Action {}

    /// The supervisor is asked.
    record Notify() implements Action {}

    /// The whole process dies of `SIGSYS`.
    record KillProcess() implements Action {}

    /// The value a program returns for this action (`SECCOMP_RET_*`).
    default int code() {
      return switch (this) {
        case Allow() -> 0x7fff_0000;
        case Fail(int errno) -> 0x0005_0000 | errno;
        case Notify() -> 0x7fc0_0000;
        case KillProcess() -> 0x8000_0000;
      };
    }
  }

  private final List<Instruction> instructions;

  private FilterProgram(List<Instruction> instructions) {
    this.instructions = List.copyOf(instructions);
  }

  List<Instruction> instructions() {
    return instructions;
  }

  /// The program as an array of `struct sock_filter`.
  public byte[] encode() {
    var bytes = new byte[INSTRUCTION_SIZE * instructions.size()];
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    for (var instruction : instructions) {
      buffer.putShort((short) instruction.code());
      buffer.put((byte) instruction.ifTrue()).put((byte) instruction.ifFalse());
      buffer.putInt(instruction.value());
    }
    return bytes;
  }

  /// Number of instructions.
  public int size() {
    return instructions.size();
  }

  /// A place in a program, known before it is reached.
  public static final class Label {
    private Label() {}
  }

  /// Builds a program from top to bottom.
  public static final class Assembler {
    private final List<Instruction> code = new ArrayList<>();
    private final Map<Integer, Label> open = new HashMap<>();
    private final Map<Label, Integer> places = new HashMap<>();

    public Label label() {
      return new Label();
    }

    /// Puts `label` here.
    public Assembler place(Label label) {
      if (places.put(label, code.size()) != null) {
        throw new IllegalStateException("label placed twice");
      }
      return this;
    }

    /// Loads the word at `offset` of `struct seccomp_data`.
    public Assembler load(int offset) {
      return add(LOAD_WORD, 0, 0, offset);
    }

    /// Loads the low 32 bits of argument `index`: the part the kernel uses of an `int`. Comparing
    /// all 64 bits of such an argument would let a program pass a forbidden value with a high bit
    /// set.
    public Assembler loadInt(int index) {
      return load(16 + 8 * index);
    }

    /// Keeps the bits of `mask` in what was loaded.
    public Assembler mask(int mask) {
      return add(AND, 0, 0, mask);
    }

    public Assembler ifEqual(int value, Label target) {
      return jumpIf(JUMP_EQUAL, value, target);
    }

    /// Unsigned.
    public Assembler ifGreater(int value, Label target) {
      return jumpIf(JUMP_GREATER, value, target);
    }

    /// Unsigned.
    public Assembler ifAtLeast(int value, Label target) {
      return jumpIf(JUMP_AT_LEAST, value, target);
    }

    public Assembler ifAnyBit(int mask, Label target) {
      return jumpIf(JUMP_ANY_BIT, mask, target);
    }

    public Assembler jump(Label target) {
      open.put(code.size(), target);
      return add(JUMP, 0, 0, 0);
    }

    public Assembler answer(Action action) {
      return add(RETURN, 0, 0, action.code());
    }

    /// The finished program. Throws [IllegalStateException] for a label without a place, a jump
    /// back, a program that can run off its end, or one longer than [#MAX_INSTRUCTIONS].
    public FilterProgram assemble() {
      var result = new ArrayList<>(code);
      open.forEach((at, label) -> result.set(at, new Instruction(JUMP, 0, 0, distance(at, label))));
      if (result.isEmpty() || result.getLast().code() != RETURN) {
        throw new IllegalStateException("program does not end with an answer");
      }
      if (result.size() > MAX_INSTRUCTIONS) {
        throw new IllegalStateException("program of " + result.size() + " instructions");
      }
      return new FilterProgram(result);
    }

    private int distance(int at, Label label) {
      var place = places.get(label);
      if (place == null || place <= at || place >= code.size()) {
        throw new IllegalStateException("jump at " + at + " has no target after it");
      }
      return place - at - 1;
    }

    /// True falls into the unconditional jump that follows, false steps over it.
    private Assembler jumpIf(int jump, int value, Label target) {
      return add(jump, 0, 1, value).jump(target);
    }

    private Assembler add(int instruction, int ifTrue, int ifFalse, int value) {
      code.add(new Instruction(instruction, ifTrue, ifFalse, value));
      return this;
    }
  }

  /// `EPERM` and the like, for readability of filters.
  public static Action error(int errno) {
    if (errno < 0 || errno > 4095) {
      throw new IllegalArgumentException(Errno.name(errno));
    }
    return new Action.Fail(errno);
  }
}
