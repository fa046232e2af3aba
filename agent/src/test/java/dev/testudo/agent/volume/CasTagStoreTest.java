package dev.testudo.agent.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.channel.LeaseClient.Advanced;
import dev.testudo.trust.channel.LeaseClient.Renewed;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.TagAdvance;
import dev.testudo.trust.channel.VolumeLease;
import dev.testudo.trust.channel.VolumeRef;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.freshness.TagStore.Answer;
import dev.testudo.volume.store.VolumePosition;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CasTagStoreTest {
  private final Cas cas = new Cas();
  private final CasTagStore store =
      new CasTagStore(
          cas,
          new VolumeLease(
              new VolumeRef(SessionName.parse("shop/data").orElseThrow(), "data"),
              "0".repeat(32),
              1),
          cas.has);

  /// CAS, and the way to it.
  private static final class Cas implements CasTagStore.Requests {
    private Optional<StoredTag> has = Optional.of(tag(1));
    private boolean reachable = true;
    private boolean loses;
    private boolean expired;

    @Override
    public Advanced advance(TagAdvance step) throws IOException {
      if (!reachable) {
        throw new IOException("no route");
      }
      if (expired) {
        return new Advanced.LeaseLost("it has expired");
      }
      if (!has.equals(step.from()) && !has.equals(Optional.of(step.to()))) {
        return new Advanced.Conflict(has);
      }
      has = Optional.of(step.to());
      if (loses) {
        throw new IOException("the connection ended");
      }
      return new Advanced.Stored();
    }

    @Override
    public Renewed renew() {
      expired = false;
      return new Renewed.Extended(System.nanoTime());
    }

    @Override
    public void release() {
      // The test does not ask.
    }
  }

  private static VolumePosition position(long sequence) {
    return new VolumePosition(sequence, new VolumeTag("%032x".formatted(sequence)));
  }

  private static StoredTag tag(long sequence) {
    return StoredTag.of(sequence, "%032x".formatted(sequence));
  }

  private Answer advance(long to) throws IOException {
    return store.advance(position(1), position(to));
  }

  @Test
  void aLostAnswerAndLaterSilenceAreNoOtherHistory() throws IOException {
    cas.loses = true;
    assertThrows(IOException.class, () -> advance(2));
    assertEquals(Optional.of(tag(2)), cas.has);
    cas.loses = false;
    cas.reachable = false;
    assertThrows(IOException.class, () -> advance(3));
    assertThrows(IOException.class, () -> advance(4));
    cas.reachable = true;
    assertInstanceOf(Answer.Recorded.class, advance(5));
    assertEquals(Optional.of(tag(5)), cas.has);
  }

  @Test
  void eachAnswerMayBeLost() throws IOException {
    cas.loses = true;
    for (int to = 2; to < 6; to++) {
      int next = to;
      assertThrows(IOException.class, () -> advance(next));
    }
    cas.loses = false;
    assertInstanceOf(Answer.Recorded.class, advance(6));
    assertEquals(Optional.of(tag(6)), cas.has);
  }

  @Test
  void aLeaseThatExpiredDuringTheSilenceIsRenewed() throws IOException {
    cas.loses = true;
    assertThrows(IOException.class, () -> advance(2));
    cas.loses = false;
    cas.expired = true;
    assertInstanceOf(Answer.Recorded.class, advance(3));
    assertEquals(Optional.of(tag(3)), cas.has);
  }

  @Test
  void whatSomebodyElseHasRecordedIsAnotherHistory() throws IOException {
    cas.has = Optional.of(tag(77));
    assertInstanceOf(Answer.Lost.class, advance(2));
  }
}
