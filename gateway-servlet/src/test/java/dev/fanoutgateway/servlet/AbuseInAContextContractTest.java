package dev.fanoutgateway.servlet;

/**
 * The table of abuse where the filter is mounted in an application that is not at the root, waiting on the container's threads.
 */
class AbuseInAContextContractTest extends AbuseContract {
    AbuseInAContextContractTest() {
        super("/shop", "", true);
    }
}
