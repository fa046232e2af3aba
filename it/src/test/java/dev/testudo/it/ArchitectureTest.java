package dev.testudo.it;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of STYLE.md about what may import what, so that they cannot rot.
class ArchitectureTest {
  private static final String BASE = "dev.testudo.";

  /// Module to the modules it may know. The module descriptors say the same; this also catches a
  /// descriptor that was widened.
  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("policy", Set.of()),
          Map.entry("linux", Set.of()),
          Map.entry("trust", Set.of("policy")),
          Map.entry("image", Set.of("trust", "policy")),
          Map.entry("vm", Set.of("trust", "policy")),
          Map.entry("gramine", Set.of("trust", "policy")),
          Map.entry("shield", Set.of("linux", "trust", "policy")),
          Map.entry("volume", Set.of("linux", "trust")),
          Map.entry("agent", Set.of("shield", "volume", "vm", "trust", "linux", "policy")),
          Map.entry("container", Set.of("agent", "linux", "trust")),
          Map.entry("cas", Set.of("trust", "policy")),
          Map.entry("cli", Set.of("gramine", "image", "trust", "policy", "vm", "volume")),
          Map.entry("operator", Set.of("trust", "policy")));

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.testudo");

  @Test
  void theRulesSeeEveryModule() {
    for (var module : ALLOWED.keySet()) {
      assertTrue(CODE.stream().anyMatch(c -> c.getPackageName().startsWith(BASE + module)), module);
    }
  }

  @TestFactory
  Stream<DynamicTest> aModuleKnowsOnlyItsNeighbours() {
    return ALLOWED.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(), () -> onlyKnows(entry.getKey(), entry.getValue()).check(CODE)));
  }

  private static ArchRule onlyKnows(String module, Set<String> neighbours) {
    var forbidden =
        new DescribedPredicate<JavaClass>("of another module") {
          @Override
          public boolean test(JavaClass other) {
            return other.getPackageName().startsWith(BASE)
                && !other.getPackageName().startsWith(BASE + module)
                && neighbours.stream().noneMatch(n -> other.getPackageName().startsWith(BASE + n));
          }
        };
    return noClasses()
        .that()
        .resideInAPackage(BASE + module + "..")
        .should()
        .dependOnClassesThat(forbidden);
  }

  @Test
  void policyIsPure() {
    noClasses()
        .that()
        .resideInAPackage("dev.testudo.policy..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.nio.file.Files")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "java.util.concurrent..", "java.nio.channels..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\.(Socket|ServerSocket|DatagramSocket)")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.lang\\.Thread|java\\.util\\.Random|java\\.security\\.SecureRandom|java\\.time\\.Clock")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(System.class, "getenv")
        .check(CODE);
  }

  /// What VM images and enclaves consist of and measure is a function of bytes: no files, network
  /// or clock.
  @ParameterizedTest
  @ValueSource(strings = {"dev.testudo.vm..", "dev.testudo.gramine.."})
  void imagesOfVirtualMachinesAndEnclavesAreMadeAndMeasuredByPureFunctions(String packages) {
    noClasses()
        .that()
        .resideInAPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.nio.file..", "java.util.concurrent..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.io\\.(File.*|RandomAccessFile)|java\\.lang\\.(Thread|Process.*)"
                + "|java\\.time\\.(Clock|InstantSource)|java\\.security\\.SecureRandom")
        .orShould()
        .callMethod(Instant.class, "now")
        .check(CODE);
  }

  @TestFactory
  Stream<DynamicTest> aLibraryHasOneRoom() {
    return Stream.of(
            Map.entry("org.snakeyaml..", new String[] {"dev.testudo.policy.yaml.."}),
            Map.entry("org.tukaani..", new String[] {"dev.testudo.cli.vm.."}),
            Map.entry("org.bouncycastle..", new String[] {"dev.testudo.trust.pki.."}),
            Map.entry(
                "com.fasterxml.jackson..",
                new String[] {"dev.testudo.trust.json..", "dev.testudo.operator.resource.."}),
            Map.entry("io.fabric8..", new String[] {"dev.testudo.operator.."}),
            Map.entry("io.javaoperatorsdk..", new String[] {"dev.testudo.operator.."}),
            Map.entry("org.eclipse.jetty..", new String[] {"dev.testudo.cas.http.."}),
            Map.entry("java.sql..", new String[] {"dev.testudo.cas.store.."}),
            Map.entry("org.sqlite..", new String[] {"dev.testudo.cas.store.sqlite.."}),
            Map.entry("org.postgresql..", new String[] {"dev.testudo.cas.store.postgresql.."}),
            Map.entry("io.netty.internal.tcnative..", new String[] {"dev.testudo.shield.tls.."}),
            Map.entry(
                "io.netty..", new String[] {"dev.testudo.shield.tls..", "dev.testudo.cas.tls.."}),
            Map.entry("picocli..", new String[] {"dev.testudo.cli.."}),
            Map.entry(
                "java.lang.foreign..",
                new String[] {"dev.testudo.linux..", "dev.testudo.shield.."}))
        .map(
            room ->
                DynamicTest.dynamicTest(
                    room.getKey(),
                    () ->
                        noClasses()
                            .that(
                                resideInAPackage("dev.testudo..")
                                    .and(resideOutsideOfPackages(room.getValue())))
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(room.getKey())
                            .check(CODE)));
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.testudo.(*).(*)..").should().beFreeOfCycles().check(CODE);
  }

  /// The same inside a package that is divided further.
  @Test
  void roomsOfAPackageHaveNoCycles() {
    slices().matching("dev.testudo.(*).(*).(*)..").should().beFreeOfCycles().check(CODE);
  }

  /// What is made of the rooms of a package stays unknown in them.
  @ParameterizedTest
  @ValueSource(strings = {"shield.supervisor", "trust.attest", "cas.store"})
  void roomsDoNotKnowWhatIsMadeOfThem(String composition) {
    noClasses()
        .that()
        .resideInAPackage(BASE + composition + ".*")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(BASE + composition)
        .check(CODE);
  }

  /// Each kind of evidence is verified in a room of its own, which needs to know no other, and all
  /// of it is a function of its arguments: no network, no clock.
  @Test
  void evidenceIsVerifiedByPureFunctions() {
    var attest = "dev.testudo.trust.attest";
    noClasses()
        .that()
        .resideInAPackage(attest + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.util.concurrent..", "dev.testudo.trust.channel..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.time\\.(Clock|InstantSource)|java\\.security\\.SecureRandom|java\\.lang\\.Thread")
        .orShould()
        .callMethod(Instant.class, "now")
        .check(CODE);
  }

  /// `agent run` and `shield run` are made of the same rooms, which are of use to both because they
  /// know neither.
  @Test
  void theRoomsOfTheAgentKnowNoneOfItsCommands() {
    var agent = "dev.testudo.agent";
    var mesh = agent + ".mesh..";
    var single = agent + ".single..";
    noClasses()
        .that()
        .resideInAPackage(agent + "..")
        .and(resideOutsideOfPackages(mesh, single))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(mesh, single)
        .check(CODE);
    noClasses()
        .that()
        .resideInAPackage(mesh)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(single)
        .check(CODE);
    noClasses()
        .that()
        .resideInAPackage(single)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(mesh)
        .check(CODE);
    noClasses()
        .that()
        .resideInAPackage(agent)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(agent + ".*")
        .check(CODE);
  }

  /// A session is what it is, whoever reads it and whatever it must obey.
  @Test
  void sessionsKnowNeitherTheirReadersNorTheirRules() {
    var session = "dev.testudo.policy.session";
    noClasses()
        .that()
        .resideInAPackage(session)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(session + ".*")
        .check(CODE);
  }

  /// Whoever reads a name in one module should not think of another's.
  @Test
  void noTwoModulesHaveAClassOfTheSameName() {
    var modules = new TreeMap<String, Set<String>>();
    for (var one : CODE) {
      if (one.isTopLevelClass() && !one.getSimpleName().equals("package-info")) {
        var module = one.getPackageName().substring(BASE.length()).replaceFirst("\\..*", "");
        modules.computeIfAbsent(one.getSimpleName(), _ -> new TreeSet<>()).add(module);
      }
    }
    modules.values().removeIf(one -> one.size() == 1);
    assertEquals(Map.of(), modules);
  }

  private static final int MOST_COMPONENTS = 6;

  private static final String A_DOCUMENT = "one component for each member of a document";
  private static final String OPTIONS = "one component for each option of a command";

  /// Records with more components, and why they have them.
  private static final Map<String, String> WIDE_RECORDS =
      Map.ofEntries(
          Map.entry("cas.ServerOptions", OPTIONS),
          Map.entry("cas.store.StoreOptions", OPTIONS),
          Map.entry("cas.store.log.Head", A_DOCUMENT),
          Map.entry("cas.token.StoredToken", A_DOCUMENT),
          Map.entry("cli.build.BuiltVersion", A_DOCUMENT),
          Map.entry("cli.up.Launching$AgentCall", OPTIONS),
          Map.entry("cli.up.MeshWorld", "what tests replace of the world around a mesh"),
          Map.entry("image.oci.ContainerConfig", A_DOCUMENT),
          Map.entry("policy.deployment.PlannedService", "what a Meshfile says of one service"),
          Map.entry("policy.manifest.Build", A_DOCUMENT),
          Map.entry("policy.manifest.Mesh", A_DOCUMENT),
          Map.entry("policy.session.Session", A_DOCUMENT),
          Map.entry("policy.shield.EffectivePolicy$Row", "one component for each column"),
          Map.entry("trust.audit.AuditLine", A_DOCUMENT),
          Map.entry("trust.channel.RefusalReport", A_DOCUMENT),
          Map.entry("trust.status.ShieldStatus$Refusal", A_DOCUMENT),
          Map.entry("volume.sealed.Checkpoint", A_DOCUMENT));

  @Test
  void recordsHaveFewComponentsOrAReason() {
    var wide =
        CODE.stream()
            .filter(JavaClass::isRecord)
            .filter(one -> components(one) > MOST_COMPONENTS)
            .map(one -> one.getName().substring(BASE.length()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(WIDE_RECORDS.keySet()), wide);
  }

  private static long components(JavaClass record) {
    return record.getFields().stream()
        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
        .count();
  }

  @Test
  void noPackageIsADrawerForEverything() {
    noClasses()
        .should()
        .resideInAnyPackage(
            "..util..", "..utils..", "..common..", "..misc..", "..core..", "..impl..")
        .check(CODE);
  }

  @Test
  void onlyMainExitsAndReadsTheEnvironment() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.testudo.dist.Main")
        .and()
        .doNotHaveFullyQualifiedName("dev.testudo.container.AgentMain")
        .and()
        .doNotHaveFullyQualifiedName("dev.testudo.container.VmMain")
        .and()
        .doNotHaveFullyQualifiedName("dev.testudo.operator.OperatorMain")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(System.class, "getenv")
        .check(CODE);
  }

  @Test
  void processesAreStartedByTheMeshRunnerThePosixSpawnAndForCredentialHelpersOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.testudo.cli..",
            "dev.testudo.linux.process..",
            "dev.testudo.image.build.sandbox..",
            "dev.testudo.image.registry.credential..")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .check(CODE);
  }

  /// A thread that reads a pipe, a file or a terminal, or is in native code, holds on to its
  /// carrier when it is a virtual one. A few of them hold all there are, and nothing on a virtual
  /// thread runs any more. So threads are platform threads, except where they do nothing of the
  /// kind: in `cas.http`, where requests wait for bytes and for their turn.
  @Test
  void virtualThreadsStartWhereNothingHoldsOnToTheirCarriers() {
    var startsOne =
        new DescribedPredicate<JavaAccess<?>>("starts virtual threads") {
          @Override
          public boolean test(JavaAccess<?> access) {
            var owner = access.getTargetOwner();
            return (owner.isAssignableTo(Thread.class) || owner.isEquivalentTo(Executors.class))
                && access.getName().matches("ofVirtual|startVirtualThread|newVirtualThread.*");
          }
        };
    var elsewhere = resideOutsideOfPackages(WAITING);
    noClasses().that(elsewhere).should().accessTargetWhere(startsOne).check(CODE);
    noClasses()
        .that(elsewhere)
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.lang\\.Thread\\$Builder\\$OfVirtual|.*VirtualThreadPool|.*StructuredTaskScope")
        .check(CODE);
  }

  private static final String WAITING = "dev.testudo.cas.http..";

  @Test
  void whatRunsOnVirtualThreadsReadsNoFilesPipesNorDatabases() {
    noClasses()
        .that()
        .resideInAPackage(WAITING)
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.io\\.(File.*|RandomAccessFile)|java\\.nio\\.file\\.Files"
                + "|java\\.nio\\.channels\\.(FileChannel|Pipe.*)"
                + "|java\\.lang\\.(Process.*|ProcessBuilder.*|foreign\\..*)"
                + "|java\\.sql\\..*|dev\\.testudo\\.cas\\.store\\.(Store|Transaction|database\\.Database)")
        .orShould()
        .accessField(System.class, "in")
        .check(CODE);
  }

  @Test
  void secretsDoNotPrint() {
    methods()
        .that()
        .haveName("toString")
        .and()
        .areDeclaredInClassesThat()
        .haveSimpleName("Secret")
        .should()
        .bePublic()
        .check(CODE);
    classes()
        .that()
        .haveSimpleName("Secret")
        .should()
        .resideInAPackage("dev.testudo.trust.secret")
        .check(CODE);
  }
}
