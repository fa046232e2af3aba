package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.LeaseClient;
import dev.testudo.trust.channel.LeaseClient.Advanced;
import dev.testudo.trust.channel.LeaseClient.Claimed;
import dev.testudo.trust.channel.LeaseClient.Renewed;
import dev.testudo.trust.channel.ProtectedFiles;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.TagAdvance;
import dev.testudo.trust.channel.VolumeLease;
import dev.testudo.trust.channel.VolumeRef;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// An instance of a service that has attested, with a mount of one volume.
final class VolumeAgent implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final LeaseClient client;
  private final String mount = hex();

  /// Attests as `service` with the image that policies accept.
  VolumeAgent(TestCas cas, String service) throws IOException {
    this(cas, service, AttestedChannel.instance());
  }

  private VolumeAgent(TestCas cas, String service, Identity me) throws IOException {
    this(cas.address(), cas.server().keyHash(), me, attested(cas, service, me));
  }

  /// Uses a ticket that was got elsewhere.
  VolumeAgent(CasAddress address, KeyHash pin, Identity me, String ticket) {
    this.client = new LeaseClient(address, pin, me, ticket);
  }

  /// Attests and returns the ticket.
  static String attested(TestCas cas, String service, Identity me) throws IOException {
    return files(cas, service, me).ticket().orElseThrow();
  }

  static ProtectedFiles files(TestCas cas, String service, Identity me) throws IOException {
    return cas.fetch(
            me,
            service,
            report -> TestCas.evidence(TestCas.GOOD_IMAGE, report),
            Optional.of(Secret.ofText(TestCas.TOKEN)))
        .protectedFiles();
  }

  static String hex() {
    var bytes = new byte[16];
    ThreadLocalRandom.current().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Returns a volume by its owner and its name, with a colon between them.
  static VolumeRef volume(String text) {
    var colon = text.indexOf(':');
    return new VolumeRef(new SessionName(text.substring(0, colon)), text.substring(colon + 1));
  }

  /// Returns the state with a number, whose tag depends on the number and `branch`.
  static StoredTag state(long sequence, int branch) {
    return StoredTag.of(sequence, "%02x%030x".formatted(branch, sequence));
  }

  static StoredTag state(long sequence) {
    return state(sequence, 0);
  }

  Claimed claim(String volume) throws IOException {
    return client.claim(volume(volume), mount, PATIENCE);
  }

  Claimed.Granted granted(String volume) throws IOException {
    return assertInstanceOf(Claimed.Granted.class, claim(volume));
  }

  Advanced advance(VolumeLease lease, Optional<StoredTag> from, StoredTag to) throws IOException {
    return client.advance(List.of(new TagAdvance(lease, from, to)), PATIENCE).getFirst();
  }

  Renewed renew(VolumeLease lease) throws IOException {
    return client.renew(List.of(lease), PATIENCE).getFirst();
  }

  void release(VolumeLease lease) throws IOException {
    client.release(List.of(lease), PATIENCE);
  }

  LeaseClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
  }
}
