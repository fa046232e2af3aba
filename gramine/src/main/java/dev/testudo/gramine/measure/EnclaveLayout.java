package dev.testudo.gramine.measure;

import dev.testudo.gramine.GramineException;
import dev.testudo.gramine.GramineRelease;
import dev.testudo.gramine.elf.ElfFile;
import dev.testudo.gramine.elf.ElfSegment;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Where the parts of an enclave are. The enclave begins at address 0, and its parts are one below
/// the other from its end on: manifest, frames for registers (SSA), thread control structures
/// (TCS), a page of each thread, stacks, stacks for signals, Gramine's library. Below is the heap.
///
/// Sources: Gramine's signer and loader, for what the parts are; Intel SDM, volume 3D, for TCS.
final class EnclaveLayout {
  private static final int PAGE = ElfFile.PAGE;

  /// What a page is, in the bits of SECINFO.
  static final int READ = 1;

  static final int WRITE = 2;
  static final int EXECUTE = 4;
  static final int CONTROL = 0x100;
  static final int REGULAR = 0x200;

  private static final byte[] ZEROS = new byte[PAGE];
  private static final int SEGMENT_LIMIT = 0xfff;

  private final ReleaseFacts facts;
  private final EnclaveShape shape;
  private final ElfFile library;

  /// The manifest, and the zero byte behind it.
  private final byte[] manifest;

  private final long manifestAt;
  private final long framesAt;
  private final long controlsAt;
  private final long threadsAt;
  private final long stacksAt;
  private final long signalStacksAt;
  private final long libraryAt;

  /// What receives the pages.
  interface Pages {
    /// Receives a page whose content is measured.
    void measured(long address, int kind, byte[] content);

    /// Receives a page of zeros whose content is not measured.
    void unmeasured(long address, int kind);
  }

  private EnclaveLayout(ReleaseFacts facts, EnclaveShape shape, byte[] manifest, ElfFile library) {
    this.facts = facts;
    this.shape = shape;
    this.manifest = manifest;
    this.library = library;
    var threads = (long) shape.threads();
    manifestAt = shape.bytes() - pages(manifest.length) * PAGE;
    framesAt = manifestAt - threads * frames();
    controlsAt = framesAt - threads * PAGE;
    threadsAt = controlsAt - threads * PAGE;
    stacksAt = threadsAt - threads * stack();
    signalStacksAt = stacksAt - threads * signalStack();
    libraryAt = signalStacksAt - library.memory();
  }

  /// Places the parts.
  ///
  /// @throws GramineException if they do not fit into the enclave
  static EnclaveLayout of(
      GramineRelease release, EnclaveShape shape, Octets manifest, ElfFile library)
      throws GramineException {
    var terminated = new byte[manifest.length() + 1];
    manifest.buffer().get(terminated, 0, manifest.length());
    var layout = new EnclaveLayout(ReleaseFacts.of(release), shape, terminated, library);
    if (layout.libraryAt < layout.facts.heapStart()) {
      throw GramineException.tooLarge(
          "the enclave is too small: its parts have %d bytes, and it has %s; choose a larger one"
              .formatted(shape.bytes() - layout.libraryAt, shape.size()));
    }
    return layout;
  }

  int framePages() {
    return facts.ssaFramePages();
  }

  /// Returns all pages in the order in which they are added.
  void forEachPage(Pages use) {
    for (var i = 0; i < pages(manifest.length); i++) {
      var content = new byte[PAGE];
      System.arraycopy(manifest, i * PAGE, content, 0, Math.min(PAGE, manifest.length - i * PAGE));
      use.measured(manifestAt + (long) i * PAGE, READ | REGULAR, content);
    }
    zeros(framesAt, manifestAt, use);
    for (var thread = 0; thread < shape.threads(); thread++) {
      use.measured(controlsAt + (long) thread * PAGE, CONTROL, control(thread));
    }
    for (var thread = 0; thread < shape.threads(); thread++) {
      use.measured(threadsAt + (long) thread * PAGE, READ | WRITE | REGULAR, ownPage(thread));
    }
    for (var thread = 0; thread < shape.threads(); thread++) {
      zeros(stackOf(thread), stackOf(thread) + stack(), use);
    }
    for (var thread = 0; thread < shape.threads(); thread++) {
      zeros(signalStackOf(thread), signalStackOf(thread) + signalStack(), use);
    }
    library(use);
    if (!shape.dynamicMemory()) {
      for (var page = facts.heapStart(); page < libraryAt; page += PAGE) {
        use.unmeasured(page, READ | WRITE | EXECUTE | REGULAR);
      }
    }
  }

  private void library(Pages use) {
    for (var segment : library.segments()) {
      for (var page = segment.firstPage(); page < segment.endOfPages(); page += PAGE) {
        use.measured(
            libraryAt + page, REGULAR | access(segment.access()), library.page(segment, page));
      }
    }
  }

  private static int access(ElfSegment.Access access) {
    return (access.read() ? READ : 0)
        | (access.write() ? WRITE : 0)
        | (access.execute() ? EXECUTE : 0);
  }

  /// Returns a thread control structure.
  private byte[] control(int thread) {
    var page = new byte[PAGE];
    littleEndian(page)
        .putLong(16, framesOf(thread))
        .putInt(28, facts.ssaFrames())
        .putLong(32, libraryAt + library.entry())
        .putLong(56, threadsAt + (long) thread * PAGE)
        .putInt(64, SEGMENT_LIMIT)
        .putInt(68, SEGMENT_LIMIT);
    return page;
  }

  private byte[] ownPage(int thread) {
    var page = new byte[PAGE];
    var fields = littleEndian(page);
    for (var field : ThreadField.values()) {
      fields.putLong(facts.place(field), value(field, thread));
    }
    return page;
  }

  private long value(ThreadField field, int thread) {
    return switch (field) {
      case SELF -> threadsAt + (long) thread * PAGE;
      case CANARY -> ReleaseFacts.CANARY;
      case ENCLAVE_SIZE -> shape.bytes();
      case TCS_OFFSET -> controlsAt + (long) thread * PAGE;
      case INITIAL_STACK -> stackOf(thread) + stack();
      case SIGNAL_STACK_LOW -> signalStackOf(thread);
      case SIGNAL_STACK_HIGH -> signalStackOf(thread) + signalStack();
      case SSA -> framesOf(thread);
      case REGISTERS ->
          framesOf(thread) + (long) facts.ssaFramePages() * PAGE - ReleaseFacts.REGISTERS;
      case MANIFEST_SIZE -> manifest.length;
      case HEAP_LOW -> facts.heapStart();
      case HEAP_HIGH -> libraryAt;
    };
  }

  private static ByteBuffer littleEndian(byte[] page) {
    return ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
  }

  private long framesOf(int thread) {
    return framesAt + thread * frames();
  }

  /// Returns the lower end of a stack. That of the first thread is the highest.
  private long stackOf(int thread) {
    return threadsAt - (thread + 1) * stack();
  }

  private long signalStackOf(int thread) {
    return stacksAt - (thread + 1) * signalStack();
  }

  private long frames() {
    return (long) facts.ssaFramePages() * facts.ssaFrames() * PAGE;
  }

  private long stack() {
    return (long) facts.stackPages() * PAGE;
  }

  private long signalStack() {
    return (long) facts.signalStackPages() * PAGE;
  }

  private static long pages(long bytes) {
    return (bytes + PAGE - 1) / PAGE;
  }

  private static void zeros(long from, long to, Pages use) {
    for (var page = from; page < to; page += PAGE) {
      use.measured(page, READ | WRITE | REGULAR, ZEROS);
    }
  }
}
