package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.VolumeTerms;
import dev.testudo.policy.session.VolumeTerms.Integrity;
import dev.testudo.policy.session.VolumeTerms.TagSync;
import dev.testudo.policy.session.VolumeTerms.Takeover;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads what the owner of a volume demands of its mounts.
record VolumeTermsReader(Problems problems) {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})([kMGT]?)");
  private static final String SUFFIXES = "kMGT";
  private static final int BITS = 10;

  /// Takes the keys of one volume.
  ///
  /// @param files how its files are protected, if that is written
  VolumeTerms read(Fields volume, Optional<Volume.Files> files) {
    var usual = VolumeTerms.USUAL;
    var syncAt =
        Optional.of(volume.spanOf(VolumeKeys.TAG_SYNC))
            .filter(_ -> volume.has(VolumeKeys.TAG_SYNC));
    var sync = volume.node(VolumeKeys.TAG_SYNC).flatMap(this::tagSync);
    var size = volume.text(VolumeKeys.SIZE_LIMIT).flatMap(this::size);
    var takeover = volume.choice(VolumeKeys.TAKEOVER, Takeover.texts(), Takeover::parse);
    return new VolumeTerms(
        sync.orElse(usual.tagSync()),
        size,
        integrity(volume, files).orElse(usual.integrity()),
        takeover.orElse(usual.takeover()),
        syncAt);
  }

  private Optional<Integrity> integrity(Fields volume, Optional<Volume.Files> files) {
    if (files.equals(Optional.of(Volume.Files.AUTHENTICATED_ONLY))) {
      volume.withoutEffect("`files: authenticated-only` always has hashes", VolumeKeys.INTEGRITY);
      return Optional.empty();
    }
    return volume.choice(VolumeKeys.INTEGRITY, Integrity.texts(), Integrity::parse);
  }

  private Optional<TagSync> tagSync(YamlNode node) {
    if (node instanceof Scalar scalar) {
      if (scalar.text().equals("strict")) {
        return Optional.of(new TagSync.Strict());
      }
      problems.add(
          Fields.notAmong(
                  scalar.located(), "`%s`".formatted(VolumeKeys.TAG_SYNC), List.of("strict"))
              .helped(
                  "or write `%s: {bounded: 5}` for a window of 5 seconds"
                      .formatted(VolumeKeys.TAG_SYNC)));
      return Optional.empty();
    }
    return Fields.of(node, VolumeKeys.BOUNDED, problems).flatMap(this::bounded);
  }

  private Optional<TagSync> bounded(Fields fields) {
    fields.reportIfMissing("bounded");
    var seconds =
        fields.number(
            "bounded",
            (int) TagSync.Bounded.LEAST.toSeconds(),
            (int) TagSync.Bounded.GREATEST.toSeconds());
    fields.noOthers();
    return seconds.map(s -> new TagSync.Bounded(Duration.ofSeconds(s)));
  }

  private Optional<Long> size(Text text) {
    var matcher = SIZE.matcher(text.value());
    var isSize = matcher.matches();
    var shift = isSize ? shift(matcher.group(2)) : 0;
    var number = isSize ? Long.parseLong(matcher.group(1)) : -1;
    var most = VolumeTerms.GREATEST_SIZE >> shift;
    if (number >= 0 && number <= most && number << shift >= VolumeTerms.LEAST_SIZE) {
      return Optional.of(number << shift);
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                text.span(),
                "`%s` is not a size limit".formatted(text.quotable()))
            .labelled("from 64 MiB to 1 EiB")
            .helped("write a number of bytes, or one with a suffix, as in `512M`, `20G` or `1T`"));
    return Optional.empty();
  }

  /// Returns the binary logarithm of the unit that a suffix stands for.
  private static int shift(String suffix) {
    return suffix.isEmpty() ? 0 : BITS * (1 + SUFFIXES.indexOf(suffix));
  }
}
