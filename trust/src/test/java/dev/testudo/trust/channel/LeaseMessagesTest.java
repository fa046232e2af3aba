package dev.testudo.trust.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.json.MessageException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseMessagesTest {
  private static final VolumeRef VOLUME = new VolumeRef(new SessionName("m/db"), "data");
  private static final String MOUNT = "0123456789abcdef".repeat(2);
  private static final VolumeLease LEASE = new VolumeLease(VOLUME, MOUNT, 7);
  private static final StoredTag TAG = StoredTag.of(3, "ab".repeat(16));
  private static final StoredTag BARE = new StoredTag(OptionalLong.empty(), "cd".repeat(16));

  @Test
  void requestsArriveAsTheyWereSent() throws MessageException {
    var claim = new LeaseRequest.Claim("t", VOLUME, MOUNT);
    assertEquals(claim, LeaseRequest.decodeClaim(claim.encode()));
    var advance =
        new LeaseRequest.Advance(
            "t",
            List.of(
                new TagAdvance(LEASE, Optional.empty(), TAG),
                new TagAdvance(LEASE, Optional.of(BARE), TAG)));
    assertEquals(advance, LeaseRequest.decodeAdvance(advance.encode()));
    var renew = new LeaseRequest.Renew("t", List.of(LEASE, LEASE));
    assertEquals(renew, LeaseRequest.decodeRenew(renew.encode()));
    var release = new LeaseRequest.Release("t", List.of(LEASE));
    assertEquals(release, LeaseRequest.decodeRelease(release.encode()));
  }

  @Test
  void answersArriveAsTheyWereSent() throws MessageException {
    List<LeaseAnswer> answers =
        List.of(
            new LeaseAnswer.Granted(7, Optional.of(TAG), Duration.ofMillis(59_999)),
            new LeaseAnswer.Granted(8, Optional.empty(), Duration.ZERO),
            new LeaseAnswer.Shared(Optional.of(BARE)),
            new LeaseAnswer.Held("m/db/db", Duration.ofSeconds(4)),
            new LeaseAnswer.Done(),
            new LeaseAnswer.Lost("expired"),
            new LeaseAnswer.Conflict(Optional.of(TAG)));
    assertEquals(answers, LeaseAnswer.decode(LeaseAnswer.encode(answers), answers.size()));
    assertThrows(MessageException.class, () -> LeaseAnswer.decode(LeaseAnswer.encode(answers), 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"ticket\":\"t\",\"advances\":[]}",
        "{\"ticket\":\"t\",\"advances\":[{}]}",
        "{\"ticket\":\"t\",\"advances\":[{\"session\":\"a\",\"volume\":\"v\",\"mount\":\"no\","
            + "\"fence\":1,\"to\":{\"sequence\":1,\"tag\":\"00112233445566778899aabbccddeeff\"}}]}",
        "{\"ticket\":\"t\",\"advances\":[{\"session\":\"a\",\"volume\":\"v/w\",\"mount\":"
            + "\"00112233445566778899aabbccddeeff\",\"fence\":1,"
            + "\"to\":{\"sequence\":1,\"tag\":\"00112233445566778899aabbccddeeff\"}}]}",
        "{\"ticket\":\"t\",\"advances\":[{\"session\":\"a\",\"volume\":\"v\",\"mount\":"
            + "\"00112233445566778899aabbccddeeff\",\"fence\":1,"
            + "\"to\":{\"tag\":\"00112233445566778899aabbccddeeff\"}}]}",
        "{\"ticket\":\"t\",\"advances\":[{\"session\":\"a\",\"volume\":\"v\",\"mount\":"
            + "\"00112233445566778899aabbccddeeff\",\"fence\":-1,"
            + "\"to\":{\"sequence\":1,\"tag\":\"00112233445566778899aabbccddeeff\"}}]}",
      })
  void malformedRequestsAreRefused(String json) {
    var bytes = json.getBytes(StandardCharsets.UTF_8);
    assertThrows(MessageException.class, () -> LeaseRequest.decodeAdvance(bytes));
  }

  @Test
  void aRequestHasALimitedNumberOfVolumes() {
    var many = IntStream.rangeClosed(0, LeaseRequest.MOST_VOLUMES).mapToObj(_ -> LEASE).toList();
    var request = new LeaseRequest.Renew("t", many).encode();
    assertThrows(MessageException.class, () -> LeaseRequest.decodeRenew(request));
  }

  @Test
  void ticketsAreNotPrinted() {
    for (var request :
        List.of(
            new LeaseRequest.Claim("hunter2", VOLUME, MOUNT),
            new LeaseRequest.Advance("hunter2", List.of()),
            new LeaseRequest.Renew("hunter2", List.of(LEASE)),
            new LeaseRequest.Release("hunter2", List.of(LEASE)))) {
      assertFalse(request.toString().contains("hunter2"), request::toString);
    }
  }
}
