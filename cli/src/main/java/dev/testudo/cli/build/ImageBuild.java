package dev.testudo.cli.build;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.image.ImageRecipe;
import dev.testudo.cli.image.ImageRecipe.ProgramCall;
import dev.testudo.cli.image.LiftedService;
import dev.testudo.image.build.AddedFiles;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.build.ConfidentialImage;
import dev.testudo.image.build.ImageAccounts;
import dev.testudo.image.build.ImageUser;
import dev.testudo.image.build.LayeredImage;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.layer.TreeFile;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.transfer.TransferListener;
import dev.testudo.policy.deployment.ProtectedRegion;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A build of an image that is under way: the base is open, and its own layers are in a folder that
/// is deleted at the end. Nothing is written where the image goes.
public final class ImageBuild implements AutoCloseable {
  private final BuildOrder order;
  private final LayerIndexCache cache;
  private final StagingFolder staging;
  private final ImagePlaces.@Nullable Opened base;
  private final LayeredImage image;
  private final ImageRecipe recipe;
  private Map<Path, Path> copies = Map.of();
  private final Problems unsealed = new Problems();
  private List<Path> changed = List.of();
  private Optional<ProtectedRegion> region = Optional.empty();
  private Optional<ImageUser> user = Optional.empty();

  private ImageBuild(
      BuildOrder order,
      LayerIndexCache cache,
      StagingFolder staging,
      ImagePlaces.@Nullable Opened base,
      LayeredImage image) {
    this.order = order;
    this.cache = cache;
    this.staging = staging;
    this.base = base;
    this.image = image;
    this.recipe = order.recipeOn(container().workingDirectory());
  }

  /// Opens the base of an image.
  ///
  /// @param target the directory for output
  public static ImageBuild start(
      BuildOrder order, ImagePlaces places, LayerIndexCache cache, Platform platform, Path target)
      throws IOException {
    var staging = StagingFolder.in(BuildRecord.images(target));
    ImagePlaces.Opened base = null;
    try {
      var layers = staging.resolve("layers");
      if (order.base().isEmpty()) {
        var image = LayeredImage.onNothing(platform, layers);
        return new ImageBuild(order, cache, staging, null, image);
      }
      base = openBase(order.base().get(), places);
      var image =
          LayeredImage.on(base.source(), readBase(order.base().get(), base, platform), layers);
      return new ImageBuild(order, cache, staging, base, image);
    } catch (IOException | RuntimeException e) {
      if (base != null) {
        base.close();
      }
      staging.close();
      throw e;
    }
  }

  private static ImagePlaces.Opened openBase(ImageLocation base, ImagePlaces places)
      throws BaseException {
    try {
      return places.open(base);
    } catch (IOException e) {
      throw new BaseException(base, e);
    }
  }

  private static ImageParts readBase(
      ImageLocation base, ImagePlaces.Opened opened, Platform platform) throws BaseException {
    try {
      return opened.image(platform);
    } catch (IOException e) {
      throw new BaseException(base, e);
    }
  }

  /// Returns what the base says of its containers.
  public ContainerConfig container() {
    return image.parts().config().container();
  }

  /// Puts the layers of the manifest over the base: the packages of `requirements`, the copied
  /// files, and what the commands of `run` change. Files that are protected go into a volume.
  ///
  /// @param filesKey the key of the files that are encrypted, 64 hexadecimal digits
  /// @throws CommandFailed if the environment of the base cannot be part of a policy
  public void addLayers(BuildSteps steps, String filesKey) throws IOException, CommandFailed {
    if (order.requirements().isPresent()) {
      steps.install(image, order.requirements().get());
    }
    var call = recipe.program();
    copies = BuildOrder.copies(recipe).files();
    var sealed = sealedFolders();
    var volume = Files.createDirectory(staging.resolve("volume"));
    if (!seal(sealed, filesKey, volume)) {
      return;
    }
    var readable = sealed.readable(copies);
    var files = new TreeMap<>(sealed.plain(copies));
    files.putAll(SealedFolders.inImage(volume));
    var folders = new TreeSet<>(List.of(call.workingDirectory()));
    readable.keySet().forEach(path -> folders.add(path.resolveSibling(".").normalize()));
    var layer = new ArrayList<>(AddedFiles.without(tree(), readable.keySet()));
    layer.addAll(AddedFiles.over(tree(), files, folders));
    image.add(layer);
    var commands = order.build().steps().run().stream().map(Text::value).toList();
    if (!commands.isEmpty()) {
      run(steps, commands, readable);
    }
  }

  /// Writes the volume. Returns false if that is not possible; [#check()] says why.
  private boolean seal(SealedFolders sealed, String filesKey, Path volume) throws IOException {
    try {
      region = sealed.write(copies, filesKey, readableKey(), volume);
      return true;
    } catch (IllegalArgumentException e) {
      var naming = sealed.all().findFirst().orElseThrow();
      var message = String.valueOf(e.getMessage());
      unsealed.add(Diagnostic.error(DiagnosticId.INVALID_VALUE, naming.span(), message));
      return false;
    }
  }

  /// Returns the key of files that everybody may read.
  private String readableKey() {
    return SealedFolders.readableKey(BuildRecord.repository(order.build().to().value()));
  }

  /// Runs commands. They see the readable files of the volume as files of the image, which does not
  /// have them there.
  private void run(BuildSteps steps, List<String> commands, Map<Path, Path> readable)
      throws IOException {
    var seen = image.add(AddedFiles.over(tree(), readable, List.of()));
    var before = tree();
    steps.run(image, commands, recipe.program().workingDirectory());
    if (seen.isPresent()) {
      var after = tree();
      changed = readable.keySet().stream().filter(path -> !isSame(before, after, path)).toList();
      image.remove(seen.get());
      // A change of the owner brings the whole file into the layer of the commands.
      image.add(AddedFiles.without(tree(), readable.keySet()));
    }
  }

  /// Returns whether a file has the same content and mode in both trees.
  private static boolean isSame(ImageTree before, ImageTree after, Path path) {
    var one = before.findLink(path.toString()).map(found -> found.file());
    var other = after.findLink(path.toString()).map(found -> found.file());
    return one.map(TreeFile::node).equals(other.map(TreeFile::node))
        && one.map(file -> file.attributes().mode())
            .equals(other.map(file -> file.attributes().mode()));
  }

  private SealedFolders sealedFolders() throws CommandFailed {
    var programs = call(LiftedService.environment(container())).candidates();
    return SealedFolders.of(order.build().files(), programs, unmeasured());
  }

  /// Returns the files that are in a volume, once the layers have been added.
  public Optional<ProtectedRegion> region() {
    return region;
  }

  private ImageTree tree() throws IOException {
    return ImageTree.of(LayerIndexing.of(image, image.parts(), cache));
  }

  /// Checks that the image has what the manifest speaks of, and returns the variables of the base,
  /// which belong into the policy.
  public Parsed<Map<String, String>> check() throws IOException, CommandFailed {
    var environment = LiftedService.environment(container());
    if (unsealed.anyErrors()) {
      return unsealed.result(() -> environment);
    }
    var problems = new Problems();
    var tree = tree();
    var files = order.build().files();
    var sealed = new SealedChecks(sealedFolders(), copies, tree, problems);
    sealed.encrypted();
    sealed.authenticated(files.authenticated());
    sealed.unchanged(changed);
    var checks = new ContentChecks(tree, problems);
    checks.programs(files.binaries());
    checks.program(order.build().program().command().text(), call(environment), unmeasured());
    if (order.build().program().user().isPresent()) {
      var accounts = ImageAccounts.read(image, image.parts().manifest().layers(), tree);
      user = checks.user(order.build().program().user().get(), accounts);
    }
    return problems.result(() -> environment);
  }

  /// Returns the call with the search path that the program will have.
  private ProgramCall call(Map<String, String> environment) {
    var call = recipe.program();
    return new ProgramCall(
        call.command(),
        call.workingDirectory(),
        call.searchPath().or(() -> Optional.ofNullable(environment.get("PATH"))));
  }

  private List<Path> unmeasured() {
    var files = order.build().files();
    var paths = new TreeSet<Path>();
    Stream.concat(files.plain().stream(), files.host().stream())
        .forEach(text -> paths.add(Path.of(text.value()).normalize()));
    order.build().volumes().forEach(volume -> paths.addAll(place(volume)));
    return List.copyOf(paths);
  }

  /// Returns where a volume is mounted. Its content is not that of the image.
  private static List<Path> place(YamlNode.Mapping volume) {
    return volume.entry("path").stream()
        .map(entry -> entry.value().plain())
        .filter(String.class::isInstance)
        .map(path -> Path.of((String) path).normalize())
        .toList();
  }

  /// Measures the image, once it has been checked.
  ///
  /// @param listener is told how layers are read
  public ConfidentialImage.Prepared prepare(AgentLayer agent, TransferListener listener)
      throws IOException {
    var prepared =
        ConfidentialImage.prepare(
            image, image.parts(), agent, order.name(), unmeasured(), cache, listener);
    return user.map(prepared::runningAs).orElse(prepared);
  }

  /// Returns the user that the manifest names, in numbers, once the image has been checked.
  public Optional<String> user() {
    return user.map(ImageUser::toString);
  }

  /// Returns the working directory of the base if the manifest names none.
  public Optional<String> workingDirectoryOfBase() {
    var directory = container().workingDirectory();
    return order.build().program().pwd().isPresent() || directory.isEmpty()
        ? Optional.empty()
        : Optional.of(directory);
  }

  @Override
  public void close() throws IOException {
    try (staging;
        var _ = base) {
      image.close();
    }
  }
}
