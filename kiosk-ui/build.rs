//! Compiles the screens with their translations and fonts into the program.

use slint_build::{CompilerConfiguration, DefaultTranslationContext, EmbedResourcesKind};

fn main() -> Result<(), slint_build::CompileError> {
    // Tests walk the elements by name; what is shipped does not need the names.
    let debug_info = std::env::var("PROFILE").is_ok_and(|profile| profile != "release");
    let config = CompilerConfiguration::new()
        .embed_resources(EmbedResourcesKind::EmbedFiles)
        .with_bundled_translations("lang")
        .with_default_translation_context(DefaultTranslationContext::None)
        .with_debug_info(debug_info);
    slint_build::compile_with_config("ui/app.slint", config)
}
