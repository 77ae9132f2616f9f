"""Where material comes from: so far a folder tree; each file becomes a parcel."""
