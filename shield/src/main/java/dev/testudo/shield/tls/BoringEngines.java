package dev.testudo.shield.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.trust.pki.Identity;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Engines based on BoringSSL, through the static native methods of netty-tcnative, because its
/// `SSLEngine` cannot half-close. TLS 1.3 unless the rule permits 1.2; no tickets, no early data;
/// X25519MLKEM768 preferred. JSSE serves the rules that this binding cannot: see [#fits].
final class BoringEngines implements TlsEngines {
  private static final int SWIFT_BITS = 256;

  private final InstantSource clock;
  private final JsseEngines others;

  /// By the terms of a rule; empty if JSSE serves them.
  private final PerTerms<Optional<Prepared>> prepared = new PerTerms<>();

  private final Scratches scratches = new Scratches();

  /// What is created once for the terms of a rule.
  ///
  /// @param verifier verifies peers; empty if any peer is accepted
  /// @param serverName the server name that a client sends
  /// @param step the cost of a handshake step, STEP or TASK
  private record Prepared(
      BoringContext context,
      Bond bond,
      Optional<PeerVerifier> verifier,
      Optional<String> serverName,
      TlsEngine.Need step) {}

  /// Creates the engines. `clock` gives the time at which certificates must be valid.
  BoringEngines(InstantSource clock) {
    BoringNative.problem()
        .ifPresent(
            problem -> {
              throw new IllegalStateException("BoringSSL cannot be used here: " + problem);
            });
    this.clock = clock;
    this.others = new JsseEngines(clock);
  }

  @Override
  public TlsLibrary library() {
    return TlsLibrary.BORINGSSL;
  }

  @Override
  public TlsEngine server(ServerTls tls) {
    var ours = prepared.of(tls, () -> prepare(tls));
    return ours.isEmpty()
        ? others.server(tls)
        : engine(ours.get(), TlsRole.SERVER, Optional.of(new AlpnGate(tls.rule(), tls.alpn())));
  }

  @Override
  public TlsEngine client(ClientTls tls) {
    var ours = prepared.of(tls, () -> prepare(tls));
    return ours.isEmpty()
        ? others.client(tls)
        : engine(ours.get(), TlsRole.CLIENT, Optional.empty());
  }

  private BoringEngine engine(Prepared ours, TlsRole role, Optional<AlpnGate> gate) {
    var verification = new BoringVerification(ours.verifier());
    var ssl = new BoringSsl(ours.context(), role, verification);
    ours.serverName().ifPresent(ssl::serverName);
    return new BoringEngine(ssl, ours.bond(), verification, gate, ours.step(), scratches);
  }

  private Optional<Prepared> prepare(ServerTls tls) {
    if (!fits(tls.alpn(), Optional.of(tls.identity()), tls.clients().trust())) {
      return Optional.empty();
    }
    var bond = new Bond(tls.alpn(), tls.minimum());
    var verifier = PeerVerifier.ofClients(tls, clock);
    var terms =
        new BoringContext.Terms(
            TlsRole.SERVER, Optional.of(tls.identity()), verifier.isPresent(), bond);
    var step = step(Optional.of(tls.identity()));
    return Optional.of(
        new Prepared(new BoringContext(terms), bond, verifier, Optional.empty(), step));
  }

  private Optional<Prepared> prepare(ClientTls tls) {
    if (!fits(tls.alpn(), tls.identity(), tls.server().trust())) {
      return Optional.empty();
    }
    var bond = new Bond(tls.alpn(), tls.minimum());
    var context =
        new BoringContext(new BoringContext.Terms(TlsRole.CLIENT, tls.identity(), true, bond));
    var verifier = PeerVerifier.ofServer(tls, clock);
    var serverName = SubjectNames.serverName(tls.server().name());
    return Optional.of(new Prepared(context, bond, verifier, serverName, step(tls.identity())));
  }

  @Override
  public void retain(Collection<?> terms) {
    prepared.retain(terms);
    others.retain(terms);
  }

  @Override
  public ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocateDirect(capacity);
  }

  /// Returns whether BoringSSL can serve the rule. Its Java binding passes protocol ids as ASCII,
  /// so other characters in a path do not work. It also cannot add Ed25519 to the accepted
  /// signature algorithms.
  private static boolean fits(Alpn alpn, Optional<Identity> identity, PeerTrust trust) {
    boolean ascii =
        US_ASCII.newEncoder().canEncode(alpn.id())
            && alpn.foreign().stream().allMatch(id -> US_ASCII.newEncoder().canEncode(id));
    boolean edwards =
        identity.isPresent() && isEdwards(identity.get().certificate().getPublicKey());
    boolean edwardsPeers =
        trust instanceof PeerTrust.IssuedBy issuedBy
            && issuedBy.authorities().stream().anyMatch(ca -> isEdwards(ca.getPublicKey()));
    return ascii && !edwards && !edwardsPeers;
  }

  /// Returns the cost of a handshake step. A signature takes hundredths of a millisecond with a
  /// P-256 key, and whole milliseconds with an RSA key.
  private static TlsEngine.Need step(Optional<Identity> identity) {
    boolean swift =
        identity.isEmpty()
            || (identity.get().certificate().getPublicKey() instanceof ECPublicKey key
                && key.getParams().getCurve().getField().getFieldSize() <= SWIFT_BITS);
    return swift ? TlsEngine.Need.STEP : TlsEngine.Need.TASK;
  }

  private static boolean isEdwards(PublicKey key) {
    return key.getAlgorithm().equals("EdDSA") || key.getAlgorithm().startsWith("Ed");
  }

  /// Native buffers for handshake steps, one pair per thread that computes at the same time.
  static final class Scratches {
    private static final int CAPACITY = 32 * 1024;
    private final Queue<Scratch> spare = new ConcurrentLinkedQueue<>();

    Scratch take() {
      var scratch = spare.poll();
      return scratch == null
          ? new Scratch(ByteBuffer.allocateDirect(CAPACITY), ByteBuffer.allocateDirect(CAPACITY))
          : scratch;
    }

    void give(Scratch scratch) {
      scratch.in().clear();
      scratch.out().clear();
      spare.add(scratch);
    }
  }

  /// The buffers for input from the peer and for output.
  record Scratch(ByteBuffer in, ByteBuffer out) {}
}
