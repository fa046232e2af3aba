package dev.testudo.volume.store;

import java.io.IOException;

/// Tells CAS about the states of a volume, and the store about what CAS knows.
///
/// CAS keeps the newest state that it was told. A volume is opened only in that state or a later
/// one, so a state that CAS knows can never be turned back.
public interface Acknowledgements {
  /// A record is durable. Returns at once. Sequence numbers ascend.
  void durable(VolumePosition position);

  /// Returns when an `fsync` whose commit has this sequence number may return. The record is
  /// durable already.
  ///
  /// @throws IOException if CAS has not answered in time, or has refused
  void await(long sequence) throws IOException;

  /// Returns when CAS has the record with this sequence number, whatever the policy says about
  /// `fsync`.
  ///
  /// @throws IOException if CAS has not answered in time, or has refused
  default void awaitRecorded(long sequence) throws IOException {
    await(sequence);
  }

  /// Returns the highest sequence number that CAS has. What later records made superfluous is kept
  /// until then.
  long acknowledged();

  /// Throws if the volume must not be changed: the lease is lost, or CAS has been silent too long.
  void requireWritable() throws IOException;

  /// Without CAS: what is durable is acknowledged.
  Acknowledgements DISK =
      new Acknowledgements() {
        @Override
        public void durable(VolumePosition position) {
          // The disk is all there is.
        }

        @Override
        public void await(long sequence) {
          // It is durable already.
        }

        @Override
        public long acknowledged() {
          return Long.MAX_VALUE; // the store itself waits until its records are durable
        }

        @Override
        public void requireWritable() {
          // There is no lease.
        }
      };
}
