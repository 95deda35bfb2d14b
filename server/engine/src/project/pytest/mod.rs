//! What the files of a project tell of pytest.

mod home;
mod markers;
mod plugin;
mod tests;

pub use home::Told;
pub use markers::MarkerIs;
pub use plugin::Plugins;
pub use tests::Tests;
