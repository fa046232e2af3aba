package dev.testudo.volume.store;

/// Learns how far a [VolumeRekey] is. Its methods return at once.
public interface RekeyListener {
  /// Tells nobody.
  RekeyListener NONE =
      new RekeyListener() {
        @Override
        public void copied(long bytes, long total) {
          // Nobody asks.
        }

        @Override
        public void verified(long bytes, long total) {
          // Nobody asks.
        }

        @Override
        public void began(boolean again) {
          // Nobody asks.
        }
      };

  /// So many bytes of about `total` are encrypted with the new key, those of earlier runs not
  /// counted.
  void copied(long bytes, long total);

  /// So many bytes of about `total` were read back.
  void verified(long bytes, long total);

  /// The copy begins.
  ///
  /// @param again whether an earlier run has left a part that is used
  void began(boolean again);
}
