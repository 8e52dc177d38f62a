package catalog

// Document returns the keys of the top level of a file.
func Document() Record { return document }

// Screen returns the keys of a screen.
func Screen() Record { return screen }

var (
	document = Record{"the top level", []Property{
		need("screens", Any{}),
		may("version", Any{}),
		may("data_api_version", Any{}),
		may("routing_model", Map{Of: Any{}, Static: true}),
		may("data_channel_uri", Any{}),
		may("meta", Map{Of: Any{}, Static: true}).from(5, 1),
	}}
	screen = Record{"a screen", []Property{
		need("id", Any{}),
		need("title", Text{BlankFrom: Version{5, 0}}).bindable(),
		need("layout", Record{"a layout", []Property{
			need("type", LayoutType{}),
			need("children", Children{}),
		}}),
		may("terminal", Bool{Static: true}),
		may("success", Bool{Static: true}),
		may("refresh_on_back", Bool{Static: true}),
		may("sensitive", List{Of: Word{}, Min: 1, Static: true}).from(5, 1),
		may("data", Map{Of: Any{}, Static: true}),
	}}
)
