#include "cli/cli.h"

int main(int argc, char** argv) { return srehub::cli::Run(argc, argv); }
