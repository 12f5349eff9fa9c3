package dev.fanoutgateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Arrows point one way: engine, concerns, SPI, HTTP values. */
class ArchitectureTest {
    private static final String[] CONCERNS = {
        "auth", "jwt", "limit", "caching", "discovery", "fanout", "notify", "okhttp", "relay", "signing", "tls"
    };

    private final JavaClasses core = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.fanoutgateway");

    @Test
    void arrowsPointFromTheEngineDownToTheValues() {
        String[] concerns = new String[CONCERNS.length];
        for (int i = 0; i < CONCERNS.length; i++) {
            concerns[i] = "dev.fanoutgateway." + CONCERNS[i];
        }
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("engine")
                .definedBy("dev.fanoutgateway")
                .layer("concerns")
                .definedBy(concerns)
                .layer("spi")
                .definedBy("dev.fanoutgateway.spi")
                .layer("http")
                .definedBy("dev.fanoutgateway.http")
                .whereLayer("engine")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("concerns")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("spi")
                .mayOnlyBeAccessedByLayers("engine", "concerns")
                .check(core);
    }

    @Test
    void concernsDoNotKnowEachOther() {
        slices().matching(
                        "dev.fanoutgateway.(auth|jwt|limit|caching|discovery|fanout|notify|okhttp|relay|signing|tls)..")
                .should()
                .notDependOnEachOther()
                .check(core);
    }

    @Test
    void okHttpIsKnownInOnePlaceOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.fanoutgateway.okhttp")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("okhttp3..")
                .check(core);
    }

    @Test
    void theSpiIsPublic() {
        classes()
                .that()
                .resideInAnyPackage("dev.fanoutgateway.spi", "dev.fanoutgateway.http")
                .and()
                .areTopLevelClasses()
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .bePublic()
                .check(core);
    }
}
